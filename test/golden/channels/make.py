"""Small pictures and what OpenCV makes of them for models of one, four and five channels, as Ultralytics 8.4.190 reads them.

Python 3.11: pip install numpy==2.4.6 pillow==13.0.0 opencv-python-headless==5.0.0.93 tifffile==2026.3.3, then python make.py
Writes NAME and NAME.<channels>.raw: height x width x channels bytes, 16 bits reduced to their high byte.
"""
import io
import cv2
import numpy as np
import tifffile
from PIL import Image

HEIGHT, WIDTH = 10, 13
random = np.random.default_rng(4)
bands = random.integers(0, 256, (HEIGHT, WIDTH, 5), dtype=np.uint8)
wide = random.integers(0, 65536, (HEIGHT, WIDTH, 4), dtype=np.uint16)


def picture(array, kind, **options):
    out = io.BytesIO()
    Image.fromarray(array).save(out, kind, **options)
    return out.getvalue()


def ink(array):
    out = io.BytesIO()
    Image.fromarray(array).convert("CMYK").save(out, "JPEG")
    return out.getvalue()


def tiff(array, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, array, **options)
    return out.getvalue()


def read(name, data, channels):
    data = np.frombuffer(data, np.uint8)
    if channels == 1:
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)[..., None]
    elif name == "bands.tiff":
        return bands  # OpenCV reads at most four bands a page.
    elif name.endswith(".tiff"):
        frames = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED)[1]
        image = frames[0] if len(frames) == 1 and frames[0].ndim == 3 else np.stack(frames, axis=2)
    else:
        image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    assert image.shape[2] == channels, (name, image.shape)
    return (image >> 8).astype(np.uint8) if image.dtype == np.uint16 else image


rgb, rgba = bands[..., :3], bands[..., :4]
pages = np.moveaxis(bands, 2, 0)
cases = [
    ("rgb.png", picture(rgb, "PNG"), 1),
    ("rgb.bmp", picture(rgb, "BMP"), 1),
    ("rgb.webp", picture(rgb, "WEBP", lossless=True), 1),
    ("rgb.tiff", tiff(rgb, photometric="rgb"), 1),
    ("luma.jpg", picture(rgb, "JPEG", quality=40), 1),
    ("rgb.jpg", picture(rgb, "JPEG", keep_rgb=True), 1),
    ("ink.jpg", ink(rgb), 1),
    ("gray16.png", cv2.imencode(".png", wide[..., 0])[1].tobytes(), 1),
    ("rgba.png", picture(rgba, "PNG"), 4),
    ("rgba16.png", cv2.imencode(".png", wide)[1].tobytes(), 4),
    ("rgba.webp", picture(rgba, "WEBP", lossless=True, exact=True), 4),
    ("gray-alpha.png", picture(np.ascontiguousarray(bands[..., :2]), "PNG"), 4),
    ("straight-alpha.tiff", tiff(rgba, photometric="rgb", extrasamples=["unassalpha"]), 4),
    ("near-infrared.tiff", tiff(rgba, photometric="rgb", extrasamples=["unspecified"]), 4),
    ("wide.tiff", tiff(wide, photometric="rgb", extrasamples=["unassalpha"]), 4),
    ("pages.tiff", tiff(pages, photometric="minisblack"), 5),
    ("bands.tiff", tiff(bands, photometric="minisblack", planarconfig="contig"), 5),
    ("wide-pages.tiff", tiff(np.moveaxis(wide, 2, 0), photometric="minisblack"), 4),
]
for name, data, channels in cases:
    with open(name, "wb") as file:
        file.write(data)
    with open(f"{name}.{channels}.raw", "wb") as file:
        file.write(read(name, data, channels).tobytes())
