"""Resize(shortest edge) + CenterCrop as torchvision does on Pillow images. Usage: make-goldens.py CROPS_FOLDER (Pillow 13.0.0)."""
import json, pathlib, shutil, sys
from PIL import Image

here = pathlib.Path(__file__).parent
names = ["Platelets/BloodImage_00011_16.jpg", "RBC/BloodImage_00007_12.jpg", "WBC/BloodImage_00007_0.jpg", "WBC/BloodImage_00015_0.jpg"]
cases = []
for name in names:
    for height, width in [(64, 64), (224, 224), (48, 64)]:
        image = Image.open(pathlib.Path(sys.argv[1]) / name).convert("RGB")
        w, h = image.size
        if height != width:
            new, left, top = (width, height), 0, 0
        else:
            new = (width, int(width * h / w)) if w <= h else (int(height * w / h), height)
            left, top = int(round((new[0] - width) / 2.0)), int(round((new[1] - height) / 2.0))
        golden = f"{pathlib.Path(name).stem}.{width}x{height}.png"
        image.resize(new, Image.BILINEAR).crop((left, top, left + width, top + height)).save(here / golden)
        source = pathlib.Path(name).name
        shutil.copy(pathlib.Path(sys.argv[1]) / name, here / source)
        cases.append({"source": source, "golden": golden, "imgsz": [height, width], "width": w, "height": h, "newWidth": new[0], "newHeight": new[1], "left": 0 - left, "top": 0 - top})
(here / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
