"""What was exported, read by Python: `onnx.checker` on every file of ONNX, state dicts loaded by torch with strict=True, logits to 1e-5.

python3 exportedNetworks.py FOLDER    after exports.mjs; a part whose package is missing says so.
"""
import glob
import json
import os
import struct
import sys

folder = sys.argv[1]


def read_safetensors(path):
    """https://github.com/huggingface/safetensors, F32 and I64."""
    with open(path, 'rb') as file:
        (length,) = struct.unpack('<Q', file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    header.pop('__metadata__', None)
    kinds = {'F32': torch.float32, 'I64': torch.int64}
    return {
        name: torch.frombuffer(bytearray(data[slice(*entry['data_offsets'])]), dtype=kinds[entry['dtype']]).reshape(entry['shape'])
        for name, entry in header.items()
    }


def resnet20(option):
    """He et al. 2016, section 4.2, with the names of akamaster/pytorch_resnet_cifar10."""
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self, before, to, stride):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(before, to, 3, stride, 1, bias=False), nn.BatchNorm2d(to)
            self.conv2, self.bn2 = nn.Conv2d(to, to, 3, 1, 1, bias=False), nn.BatchNorm2d(to)
            self.shortcut = nn.Sequential()
            self.zeros = to - before if option == 'A' else 0
            if option == 'B' and (stride != 1 or before != to):
                self.shortcut = nn.Sequential(nn.Conv2d(before, to, 1, stride, bias=False), nn.BatchNorm2d(to))

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            short = self.shortcut(x)
            if self.zeros:
                short = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.zeros // 2, self.zeros // 2))
            return F.relu(y + short)

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
            widths = [16, 16, 32, 64]
            for i in (1, 2, 3):
                blocks = [Block(widths[i - 1] if k == 0 else widths[i], widths[i], 2 if i > 1 and k == 0 else 1) for k in range(3)]
                setattr(self, f'layer{i}', nn.Sequential(*blocks))
            self.linear = nn.Linear(64, 10)

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)))
            return self.linear(self.layer3(self.layer2(self.layer1(y))).mean((2, 3)))

    return Network()


try:
    import onnx
except ImportError:
    print('onnx is not installed: files are not checked by it')
else:
    files = sorted(glob.glob(os.path.join(folder, '*.onnx')))
    for path in files:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    print(f'onnx {onnx.__version__}: {len(files)} files checked')

try:
    import torch
except ImportError:
    print('torch is not installed: state dicts are not loaded')
else:
    for option in 'AB':
        network = resnet20(option)
        network.load_state_dict(read_safetensors(f'{folder}/resnet20-{option}.safetensors'), strict=True)
        expected = read_safetensors(f'{folder}/resnet20-{option}-expected.safetensors')
        with torch.no_grad():
            logits = network.eval()(expected['images'].permute(0, 3, 1, 2))
        share = float((logits - expected['logits']).abs().max() / expected['logits'].abs().max())
        print(f'torch {torch.__version__}: resnet20 {option} loaded strictly, logits {share:.1e}')
        if not share <= 1e-5:
            sys.exit(1)
