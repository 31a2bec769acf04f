// danfojs-node asks for tfjs-node; this project's engines live in one copy of tfjs, which is handed over here.
module.exports = require('@tensorflow/tfjs');
