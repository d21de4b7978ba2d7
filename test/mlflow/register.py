"""Registers a model in every way that the test needs: python register.py MODEL.onnx, with MLFLOW_TRACKING_URI and who asks in the environment."""
import os
import sys

import mlflow
import onnx
from mlflow import MlflowClient

path = sys.argv[1]
name = "detector"
client = MlflowClient()
with mlflow.start_run() as run:
    # 1: a model folder; its weights go into a file with a random name.
    requirements = ["onnx"]
    mlflow.onnx.log_model(onnx.load(path), name="model", registered_model_name=name, pip_requirements=requirements)
    # 2, 3, 4: what Ultralytics' own callback leaves, artifacts of a run: by the run, by the folder, by the file.
    mlflow.log_artifact(path, "weights")
    artifacts = mlflow.get_artifact_uri("weights")
    file = f"{artifacts}/{os.path.basename(path)}"
    for source in [f"runs:/{run.info.run_id}/weights", artifacts, file]:
        client.create_model_version(name, source=source, run_id=run.info.run_id)
client.set_registered_model_alias(name, "champion", "1")
