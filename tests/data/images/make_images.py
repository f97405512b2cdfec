#!/usr/bin/env python3
"""Makes the images of this folder and, as .ppm, the pixels that Pillow reads from or makes of them (Debian's
python3-pil, 9.4). Run it again only to add an image: the tests read the files as they are committed."""
import pathlib
import struct
import zlib

from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def pattern(width, height):
    """Smooth colours with some noise from a linear congruential generator."""
    state, pixels = 1, bytearray()
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                state = (state * 1103515245 + 12345) % 2 ** 31
                smooth = (x * (3 + channel) + y * (7 - 2 * channel)) * 255 // (7 * (width + height))
                pixels.append(min(255, smooth + (state >> 16) % 48))
    return Image.frombytes("RGB", (width, height), bytes(pixels))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def save_deep_png(path, image):
    """16 bits a channel, which Pillow does not write: the low byte is arbitrary."""
    rows = b"".join(b"\0" + b"".join(bytes((image.getpixel((x, y))[c], 17 * c)) for x in range(image.width)
                                     for c in range(3)) for y in range(image.height))
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) +
                     chunk(b"IEND", b""))


def save_deep_grey_png(path, image):
    """16 bits of grey, of which Pillow makes white above 255: refused, so without .ppm."""
    rows = b"".join(b"\0" + b"".join(bytes((image.getpixel((x, y))[0], 17)) for x in range(image.width))
                    for y in range(image.height))
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) +
                     chunk(b"IEND", b""))


def without_adobe_marker(jpeg):
    """A CMYK file as other programs than Adobe's and Pillow write it: without the segment APP14."""
    at = jpeg.index(b"\xFF\xEE")
    length = int.from_bytes(jpeg[at + 2:at + 4], "big")
    assert jpeg[at + 4:at + 9] == b"Adobe"
    return jpeg[:at] + jpeg[at + 2 + length:]


def main():
    image = pattern(23, 17)
    image.save(HERE / "colour.jpg", quality=90)
    image.save(HERE / "subsampled.jpg", quality=75, subsampling=2)
    image.save(HERE / "progressive.jpg", quality=80, progressive=True)
    image.convert("L").save(HERE / "grey.jpg", quality=90)
    image.convert("CMYK").save(HERE / "cmyk.jpg", quality=90)
    (HERE / "cmyk_plain.jpg").write_bytes(without_adobe_marker((HERE / "cmyk.jpg").read_bytes()))
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn, which neither convert nor torchvision makes
    image.save(HERE / "turned.jpg", quality=90, exif=exif)
    image.save(HERE / "colour.png")
    image.convert("L").save(HERE / "grey.png")
    image.convert("1").save(HERE / "bilevel.png")
    image.quantize(16).save(HERE / "palette.png", transparency=3)
    alpha = image.copy()
    alpha.putalpha(image.convert("L"))
    alpha.save(HERE / "alpha.png")
    grey_alpha = image.convert("LA")
    grey_alpha.putalpha(image.convert("L"))
    grey_alpha.save(HERE / "grey_alpha.png")
    save_deep_png(HERE / "deep.png", image)
    save_deep_grey_png(HERE / "deep_grey.png", image)
    for file in sorted(list(HERE.glob("*.jpg")) + list(HERE.glob("*.png"))):
        if file.name != "deep_grey.png":
            Image.open(file).convert("RGB").save(file.with_suffix(file.suffix + ".ppm"))
    # As torchvision's Resize: the shorter side.
    for width, height in ((14, 10), (23, 40), (54, 40), (5, 3)):
        image.resize((width, height), Image.BICUBIC).save(HERE / f"resized_{width}x{height}.ppm")
        image.resize((width, height), Image.BILINEAR).save(HERE / f"bilinear_{width}x{height}.ppm")


if __name__ == "__main__":
    main()
