"""
An archive of zip64 that is small: sizes in extra fields, the list of files at a zip64 end. Written by Python 3.11's zipfile, whose limits are
set to nothing; values of 8-bit floats by ml_dtypes 0.6.

    pip install ml_dtypes; python zip64_reference.py FOLDER
"""
import json
import sys
import zipfile

import ml_dtypes
import numpy as np

zipfile.ZIP64_LIMIT = 0
zipfile.ZIP_FILECOUNT_LIMIT = 0
with zipfile.ZipFile(f'{sys.argv[1]}/zip64.zip', 'w', zipfile.ZIP_STORED) as archive:
    for name, text in {'a.txt': b'one', 'b/c.txt': b'two and more'}.items():
        info = zipfile.ZipInfo(name)
        archive.writestr(info, text, zipfile.ZIP_DEFLATED if name == 'b/c.txt' else zipfile.ZIP_STORED)

codes = np.arange(256, dtype='uint8')
values = {
    name: [None if np.isnan(value) else str(value) if np.isinf(value) else float(value) for value in codes.view(dtype).astype('float32')]
    for name, dtype in {'F8_E4M3': ml_dtypes.float8_e4m3fn, 'F8_E5M2': ml_dtypes.float8_e5m2}.items()
}
with open(f'{sys.argv[1]}/float8.json', 'w') as file:
    json.dump(values, file, separators=(',', ':'))
