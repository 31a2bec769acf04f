"""Golden values of RandAugment's operations, by Pillow alone: `python randAugment_reference.py > randAugment.json` (Pillow 13.0.0).

torchvision.transforms.autoaugment's _apply_op on PIL images, written out: what its functional forms call in Pillow, with its ranges over 31 steps.
"""

import base64
import json
import math

import PIL
from PIL import Image, ImageEnhance, ImageOps

WIDTH, HEIGHT, LAST = 23, 17, 30
image = Image.new("RGB", (WIDTH, HEIGHT))
image.putdata(
    [
        tuple((17 * x + 29 * y + 60 * c + (x * y * (c + 1)) % 37) % 200 + 20 for c in range(3))
        for y in range(HEIGHT)
        for x in range(WIDTH)
    ]
)


def affine(*matrix):
    return image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST, fillcolor=(0, 0, 0))


OPERATIONS = {
    "identity": lambda s: image.copy(),
    "shearX": lambda s: affine(1, math.tan(math.atan(0.3 * s)), 0, 0, 1, 0),
    "shearY": lambda s: affine(1, 0, 0, math.tan(math.atan(0.3 * s)), 1, 0),
    "translateX": lambda s: affine(1, 0, -int(150 / 331 * WIDTH * s), 0, 1, 0),
    "translateY": lambda s: affine(1, 0, 0, 0, 1, -int(150 / 331 * HEIGHT * s)),
    "rotate": lambda s: image.rotate(30 * s, Image.Resampling.NEAREST, fillcolor=(0, 0, 0)),
    "brightness": lambda s: ImageEnhance.Brightness(image).enhance(1 + 0.9 * s),
    "colour": lambda s: ImageEnhance.Color(image).enhance(1 + 0.9 * s),
    "contrast": lambda s: ImageEnhance.Contrast(image).enhance(1 + 0.9 * s),
    "sharpness": lambda s: ImageEnhance.Sharpness(image).enhance(1 + 0.9 * s),
    "posterize": lambda s: ImageOps.posterize(image, 8 - round(4 * s)),
    "solarize": lambda s: ImageOps.solarize(image, 255 * (1 - s)),
    "autoContrast": lambda s: ImageOps.autocontrast(image),
    "equalize": lambda s: ImageOps.equalize(image),
}
ONE_WAY = ("identity", "posterize", "solarize", "autoContrast", "equalize")

rows = [
    {"name": name, "share": step / LAST, "bytes": base64.b64encode(apply(step / LAST).tobytes()).decode()}
    for name, apply in OPERATIONS.items()
    for step in ((9, 24) if name in ONE_WAY else (9, -9, 24, -24))
]
print(json.dumps({"by": f"Pillow {PIL.__version__}", "height": HEIGHT, "width": WIDTH, "image": base64.b64encode(image.tobytes()).decode(), "rows": rows}, indent=1))
