"""Files of torch.save, made by PyTorch 1.13.1 (Debian 12): python3 make.py; the values are in torchFile.test.ts."""
import argparse
import collections

import torch

tensors = collections.OrderedDict()
base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8
tensors['f32'] = base
tensors['transposed'] = base.t()
tensors['slice'] = base[1:3, 2:5]
tensors['f64'] = torch.tensor([0.1, -2.5e300, 3], dtype=torch.float64)
tensors['f16'] = torch.tensor([[0.1, -65504, 6e-8]]).half()
tensors['bf16'] = torch.tensor([0.1, -3e38, 1e-40]).bfloat16()
tensors['i64'] = torch.tensor(2**53 + 1)
tensors['i32'] = torch.tensor([-(2**31), 7], dtype=torch.int32)
tensors['i16'] = torch.tensor([-300], dtype=torch.int16)
tensors['i8'] = torch.tensor([-1], dtype=torch.int8)
tensors['u8'] = torch.tensor([255], dtype=torch.uint8)
tensors['bool'] = torch.tensor([True, False])
tensors['parameter'] = torch.nn.Parameter(torch.ones(2, 2))
tensors['empty'] = torch.zeros(0, 3)
tensors['expanded'] = torch.tensor([0.5]).expand(3)
tensors['channelsLast'] = torch.arange(12, dtype=torch.float32).reshape(1, 3, 2, 2).contiguous(memory_format=torch.channels_last)

saved = {'epoch': 3, 'lr': 0.5, 'args': argparse.Namespace(name='x'), 'state_dict': tensors}
torch.save(saved, 'zip.pth')
torch.save(saved, 'legacy.pth', _use_new_zipfile_serialization=False)
torch.save(tensors, 'protocol4.pth', pickle_protocol=4)
torch.save(tensors, 'legacy5.pth', pickle_protocol=5, _use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2, 2), 'module.pth')
torch.jit.script(torch.nn.Linear(2, 2)).save('script.pt')
