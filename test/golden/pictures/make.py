"""One small crop of a blood-cell photo in many coats, and what Ultralytics 8.4.190 makes of each. Usage: make.py PHOTO (versions: README.md)."""
import json, os, pathlib, struct, sys
os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
import cv2, imagecodecs, numpy as np, pi_heif, pillow_heif, tifffile
from PIL import Image, ImageCms, ImageOps

here = pathlib.Path(__file__).parent
pillow_heif.register_heif_opener()
W, H = 33, 25
photo = Image.open(sys.argv[1]).convert("RGB")
image = photo.resize((160, 120)).crop((60, 40, 60 + W, 40 + H))
rgb, grey = np.asarray(image), np.asarray(image.convert("L"))
alpha = np.full((H, W), 255, np.uint8)
alpha[:, W // 2:] = 0
alpha[:10] = np.linspace(0, 255, W).astype(np.uint8)
noise = np.random.default_rng(7)
rgb16, grey16 = ((a.astype(np.uint16) * 257) ^ noise.integers(0, 256, a.shape, dtype=np.uint16) for a in (rgb, grey))
rgba, five = np.dstack([rgb, alpha]), np.dstack([rgb, alpha, grey])
cmyk = np.asarray(image.convert("CMYK")).copy()
cmyk[..., 3] = alpha // 4
says = {}


def read(path):
    """As Ultralytics' `imread` does: TIFF as it is stored unless grey, AVIF and HEIC by Pillow, all else by cv2; 16 bits keep the high byte."""
    data, picture = np.fromfile(path, np.uint8), None
    try:
        if path.suffix == ".tif":
            done, pages = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED)
            picture = pages[0][..., :3] if done and pages[0].ndim == 3 else None
        elif path.suffix in (".avif", ".heic"):
            picture = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))[..., ::-1]
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if picture is None else picture
    except cv2.error:
        return None
    picture = (picture >> 8).astype(np.uint8) if picture is not None and picture.dtype == np.uint16 else picture
    return None if picture is None else picture[..., ::-1]


def tif(name, data, refused=None, planar=False, **options):
    data = np.moveaxis(data, -1, 0).copy() if planar else data
    options = {"photometric": "rgb" if data.ndim == 3 else "minisblack", "planarconfig": "separate" if planar else "contig" if data.ndim == 3 else None, **options}
    tifffile.imwrite(here / f"{name}.tif", data, metadata=None, software=False, **options)
    note(f"{name}.tif", refused)


def note(name, refused=None):
    says[name] = refused


def write(name, data, refused=None):
    (here / name).write_bytes(data)
    note(name, refused)


def save(name, picture, refused=None, **options):
    picture.save(here / name, **options)
    note(name, refused)


un = {"extrasamples": ["unassalpha"]}
tif("rgb", rgb), tif("rgb-big-endian", rgb, byteorder=">"), tif("rgb-big", rgb, bigtiff=True), tif("rgb-planes", rgb, planar=True), tif("rgb-predictor", rgb, compression="lzw", predictor=2)
tif("rgb-profile", rgb, iccprofile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
tif("grey", grey), tif("white-is-zero", grey, photometric="miniswhite"), tif("grey-16", grey16), tif("white-is-zero-16", grey16, photometric="miniswhite"), tif("grey-12-in-16", grey16 >> 4)
tif("rgb-16", rgb16), tif("rgb-16-big-endian", rgb16, byteorder=">")
tif("rgba", rgba, **un), tif("rgba-big-endian-lzw", rgba, byteorder=">", compression="lzw", **un), tif("rgba-big", rgba, bigtiff=True, **un), tif("rgba-planes", rgba, planar=True, **un), tif("rgba-tiles", rgba, tile=(16, 16), **un)
tif("rgba-16", np.dstack([rgb16, alpha.astype(np.uint16) * 257]), **un)
for name, data in [("rgba", rgba), ("grey", np.dstack([grey, alpha])), ("rgba-16", np.dstack([rgb16, alpha.astype(np.uint16) * 257])), ("grey-16", np.dstack([grey16, alpha.astype(np.uint16) * 257]))]:
    photometric = "rgb" if "rgb" in name else "minisblack"
    tif(f"{name}-multiplied", data, photometric=photometric, extrasamples=["assocalpha"])
    tif(f"{name}-multiplied-big-endian", data, photometric=photometric, extrasamples=["assocalpha"], byteorder=">", bigtiff=True)
    tif(f"{name}-untold", data, photometric=photometric, extrasamples=["unspecified"])
tif("grey-and-alpha", np.dstack([grey, alpha]), photometric="minisblack", **un)
tif("four-bands-of-grey", rgba, photometric="minisblack", extrasamples=["unspecified"] * 3)
for turn in range(1, 9):
    tif(f"turned-{turn}-rgba", rgba, extratags=[(274, 3, 1, turn, True)], **un)
tif("turned-6-rgb-16", rgb16, extratags=[(274, 3, 1, 6, True)]), tif("turned-8-float", rgb.astype(np.float32), extratags=[(274, 3, 1, 8, True)])
tif("ink", cmyk, photometric="separated"), tif("ink-planes", cmyk, planar=True, photometric="separated"), tif("turned-6-ink", cmyk, photometric="separated", extratags=[(274, 3, 1, 6, True)])
save("ink-lzw.tif", image.convert("CMYK"), compression="tiff_lzw"), save("jpeg.tif", image, compression="jpeg"), save("palette.tif", image.quantize(64)), save("pages.tif", image, save_all=True, append_images=[image.rotate(180)])
save("bilevel.tif", image.convert("1")), save("g4.tif", image.convert("1"), compression="group4")
f = rgb.astype(np.float32)
tif("float-255", f), tif("float-255-predictor", f, byteorder=">", compression="deflate", predictor=3), tif("float-255-tiles", f, tile=(16, 16)), tif("float-255-alpha", rgba.astype(np.float32), **un)
floats = "floating-point TIFF"
odd = f.copy()
odd[3, 3] = np.nan
for name, data in [("1", f / 255), ("fractions", f * 0.993 + 0.25), ("over", f * 2), ("below", f - 128), ("nan", odd)]:
    tif(f"float-{name}", data.astype(np.float32), f"32-bit {floats}")
tif("float-grey-1", (grey / 255).astype(np.float32), f"32-bit {floats}"), tif("float-grey-255", grey.astype(np.float32), f"32-bit {floats}"), tif("float-planes", f, f"32-bit {floats}", planar=True)
tif("float-16", f.astype(np.float16), f"16-bit {floats}"), tif("float-64", f.astype(np.float64), f"64-bit {floats}"), tif("complex", grey.astype(np.complex64), "64-bit complex TIFF")
tif("uint-32", rgb.astype(np.uint32), "32-bit color TIFF"), tif("uint-32-grey", grey.astype(np.uint32), "32-bit TIFF"), tif("uint-64", grey.astype(np.uint64), "64-bit TIFF")
tif("int-8", (rgb // 2).astype(np.int8), "8-bit signed integer TIFF"), tif("int-16", (rgb16 // 2).astype(np.int16), "16-bit signed integer TIFF"), tif("int-16-grey", (grey16.astype(int) - 32768).astype(np.int16), "16-bit signed integer TIFF"), tif("int-32", rgb.astype(np.int32), "32-bit signed integer TIFF")
tif("five-bands", five, "TIFF with 5 bands", extrasamples=["unspecified"] * 2), tif("five-bands-of-grey", five, "TIFF with 5 bands", photometric="minisblack", extrasamples=["unspecified"] * 4), tif("five-bands-planes", five, "TIFF with 5 bands", planar=True, extrasamples=["unspecified"] * 2)
tif("rgb-16-planes", rgb16, "in separate planes", planar=True), tif("three-planes-of-grey", rgb, "in separate planes", planar=True, photometric="minisblack", extrasamples=["unspecified"] * 2)
tif("ink-and-alpha", np.dstack([cmyk, alpha]), "TIFF with 5 bands of ink", photometric="separated", **un), tif("ink-16", cmyk.astype(np.uint16) * 257, "16-bit CMYK TIFF", photometric="separated")
tif("rgb-12", rgb16 >> 4, "12-bit color TIFF", bitspersample=12), tif("ycbcr", np.asarray(image.convert("YCbCr")), "YCbCr", photometric="ycbcr"), tif("raw", grey16, "raw sensor data", photometric="cfa")
lab = ImageCms.applyTransform(image, ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"))
save("lab.tif", lab, "CIELAB"), tif("lab-icc", np.asarray(lab), "ICCLAB", photometric="icclab")
for compression, name in [("zstd", "ZSTD"), ("lerc", "LERC"), ("lzma", "LZMA"), ("jpeg2000", "JPEG 2000"), ("jpegxl", "JPEG XL")]:
    tif(compression, rgb, f"{name} compression", compression=compression)

write("twelve-bits.jpg", imagecodecs.jpeg_encode(rgb16 >> 4, bitspersample=12), "12-bit JPEG"), write("jpeg-ls.jpg", imagecodecs.jpegls_encode(rgb), "JPEG-LS"), write("lossless.jpg", imagecodecs.jpeg_encode(rgb, lossless=True))
write("jpeg-xr.jpg", imagecodecs.jpegxr_encode(rgb), "JPEG XR")

j2k = lambda data, **options: imagecodecs.jpeg2k_encode(data, **{"level": 0, **options})
write("rgb.jp2", j2k(rgb)), write("grey.jp2", j2k(grey)), write("lossy.jp2", j2k(rgb, level=40, reversible=False)), write("rgb-16.jp2", j2k(rgb16)), write("grey-12.jp2", j2k(grey16 >> 4, bitspersample=12)), write("grey-15.jp2", j2k(grey16 >> 1, bitspersample=15)), write("bare.jp2", j2k(rgb, codecformat="j2k")), write("high-throughput.jp2", imagecodecs.htj2k_encode(rgb))
save("tiles.jp2", photo.crop((0, 0, 70, 50)), tile_size=(32, 32))
write("signed.jp2", j2k(grey.astype(np.int8)), "of signed values"), write("five-bands.jp2", j2k(five), "with 5 bands"), save("alpha.jp2", Image.fromarray(rgba), "with 4 bands (alpha)"), save("ycc.jp2", image.convert("YCbCr"), "in sYCC color")

heic = lambda name, picture, **options: save(f"{name}.heic", picture, format="HEIF", **options)
heic("half-color", photo.crop((0, 0, 70, 50)), quality=60, chroma=420), heic("full-color", image, quality=90, chroma=444), heic("lossless", image, quality=-1, chroma=444, matrix_coefficients=0), heic("grey", image.convert("L")), heic("alpha", Image.fromarray(rgba), chroma=444), heic("several", image, save_all=True, append_images=[image.rotate(180)], chroma=444)
heic("grid", photo.crop((0, 0, 150, 100)), quality=40, chroma=420, grid_tile_size=64)
turned, exif = image.copy(), Image.Exif()
exif[274] = 6
turned.info["exif"] = exif.tobytes()
heic("turned-6", turned, quality=90, chroma=444)
pillow_heif.from_bytes("RGB;16", (W, H), rgb16.tobytes()).save(here / "ten-bits.heic", quality=80, chroma=444)
note("ten-bits.heic")

full = {"quality": 100, "subsampling": "4:4:4"}
save("full-color.avif", image, **full), save("animated.avif", image, save_all=True, append_images=[image.rotate(180)], **full), save("half-color.avif", photo.crop((0, 0, 120, 80)), quality=70), save("turned-6.avif", image, exif=exif, **full)

save("two.mpo", image, format="MPO", save_all=True, append_images=[image.rotate(180)])
with tifffile.TiffWriter(here / "preview.dng") as dng:
    dng.write(rgb[:12, :16], photometric="rgb", metadata=None, subfiletype=1, extratags=[(50706, 1, 4, b"\1\4\0\0", True)])
    dng.write(grey16, photometric="cfa", metadata=None)
note("preview.dng")


def bmp(name, bits, compression, data, palette=b"", masks=(), height=H, header=40, refused=None):
    extra = struct.pack(f"<{len(masks)}I", *masks).ljust(header - 40, b"\0")
    start = 14 + 40 + len(extra) + len(palette)
    fields = struct.pack("<IiiHHIIiiII", header, W, height, 1, bits, compression, len(data), 2835, 2835, len(palette) // 4, 0)
    write(name, b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + fields + extra + palette + data, refused)


def runs(indices, bits):
    """Runs where three pixels or more are equal; else pixels as they are, three or more of them."""
    out = bytearray()
    for y in range(H - 1, -1, -1):
        row, x = [int(v) for v in indices[y]], 0
        pack = lambda px: bytes(px) if bits == 8 else bytes((a << 4) | b for a, b in zip(px[::2], (px + [0])[1::2]))
        while x < W:
            n = next((i for i in range(1, W - x) if row[x + i] != row[x]), W - x)
            m = min(7, W - x)
            if n > 2 or m < 3:
                n, m = (n if n > 2 else 1), 0
                out += bytes([n]) + pack([row[x]] * 2)[:1]
            else:
                packed = pack(row[x:x + m])
                out += bytes([0, m]) + packed + b"\0" * (len(packed) % 2)
            x += m or n
        out += b"\0\0" if y else b"\0\1"
    return bytes(out)


r, g, b = (rgb[..., i].astype(np.uint16) for i in range(3))
rows = lambda words: b"".join(words[y].astype("<u2").tobytes() + b"\0" * (-2 * W % 4) for y in range(H - 1, -1, -1))
words555, words565 = ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3), ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3)
bmp("555.bmp", 16, 0, rows(words555 | 0x8000 * (grey > 128))), bmp("555-masks.bmp", 16, 3, rows(words555), masks=(0x7C00, 0x3E0, 0x1F)), bmp("565.bmp", 16, 3, rows(words565), masks=(0xF800, 0x7E0, 0x1F))
bmp("444.bmp", 16, 3, rows(words555), masks=(0xF00, 0xF0, 0xF), refused="BMP with custom color masks"), bmp("bgra-masks.bmp", 32, 3, np.dstack([b, g, r, alpha]).astype(np.uint8)[::-1].tobytes(), masks=(0xFF0000, 0xFF00, 0xFF))
entries = lambda quantized, count: b"".join(bytes([*(quantized.getpalette() + [0] * 768)[3 * i:3 * i + 3][::-1], 0]) for i in range(count))
q8, q4 = image.quantize(64), image.quantize(16)
bmp("runs-8.bmp", 8, 1, runs(np.asarray(q8), 8), entries(q8, 256)), bmp("runs-8-top-down.bmp", 8, 1, runs(np.asarray(q8), 8), entries(q8, 256), height=-H), bmp("runs-4.bmp", 4, 2, runs(np.asarray(q4), 4), entries(q4, 16))
bmp("runs-8-skipping.bmp", 8, 1, bytes([4, 7, 0, 0, 0, 2, 3, 2, 5, 9, 0, 0, 6, 11, 0, 0, W, 13, 0, 0, 3, 15, 0, 1]), entries(q8, 256))
bmp("jpeg-inside.bmp", 24, 4, b"\xff\xd8\xff\xe0", refused="BMP with an embedded JPEG")

pi_heif.register_heif_opener()
cases, known = [], {}
for name, refused in sorted(says.items()):
    picture = read(here / name)
    if refused:
        cases.append({"file": name, "refused": refused})
        continue
    assert picture is not None, name
    assert np.array_equal(picture, picture.astype(np.uint8)), name
    picture = np.ascontiguousarray(picture.astype(np.uint8))
    pixels = known.setdefault((picture.shape, picture.tobytes()), f"{name}.png")
    if pixels == f"{name}.png":
        Image.fromarray(picture).save(here / pixels, optimize=True)
    cases.append({"file": name, "pixels": pixels})
(here / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
