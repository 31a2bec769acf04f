"""
Small models in Keras's files, with images and the logits that Keras computes of them: chain.keras, chain.h5, small.keras (packed again,
deflated). Written with keras 3.15.1, tensorflow 2.22 on the CPU, float32.

    pip install keras tensorflow-cpu h5py; python keras_reference.py FOLDER
"""
import json
import os
import sys
import zipfile

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import keras
from keras import layers as L

def small():
    x = i = L.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding='same', use_bias=False, name='stem')(x)
    x = L.BatchNormalization(name='stem_bn')(x)
    x = L.ReLU(6.0)(x)
    y = L.DepthwiseConv2D(3, padding='same', use_bias=False)(x)
    y = L.BatchNormalization(epsilon=1e-4)(y)
    y = L.Activation('relu')(y)
    x = L.Add()([x, y])
    x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = L.SeparableConv2D(6, 3, strides=2, padding='valid', activation='relu')(x)
    x = L.MaxPooling2D(2)(x)
    x = L.LeakyReLU(negative_slope=0.2)(x)
    x = L.Dropout(0.3)(x)
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(i, L.Dense(5, activation='softmax')(x), name='small')

def chain():
    return keras.Sequential([L.Input((6, 6, 1)), L.Conv2D(3, 3, activation='relu'), L.AveragePooling2D(2), L.Flatten(), L.Dense(4)], name='chain')

for make in (small, chain):
    keras.utils.set_random_seed(7)
    model = make()
    rng = np.random.default_rng(1)
    for w in model.weights:
        if 'seed' in w.path: continue
        low, high = (0.5, 1.5) if 'variance' in w.path or 'gamma' in w.path else (-0.5, 0.5)
        w.assign(rng.uniform(low, high, w.shape).astype('float32'))
    images = rng.normal(size=(2, *model.input_shape[1:])).round(4).astype('float32')
    logits = keras.Model(model.inputs, model.outputs)(images)
    last = model.layers[-1]
    if getattr(last, 'activation', None) is keras.activations.softmax:
        last.activation = keras.activations.linear
        logits = keras.Model(model.inputs, last(last.input))(images)
        last.activation = keras.activations.softmax
    out = sys.argv[1]
    model.save(f'{out}/{model.name}.keras')
    if model.name == 'chain':
        model.save(f'{out}/{model.name}.h5')
    else:
        path = f'{out}/{model.name}.keras'
        with zipfile.ZipFile(path) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    numbers = {'images': [float(f'{x:.6g}') for x in images.ravel()], 'logits': [float(f'{x:.8g}') for x in np.asarray(logits).ravel()]}
    with open(f'{out}/{model.name}.json', 'w') as file:
        json.dump({'keras': keras.__version__, **numbers}, file, separators=(',', ':'))
