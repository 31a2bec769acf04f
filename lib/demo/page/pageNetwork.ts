/** A network of the page: plain tfjs predicts with the exported model, and the library's relevance goes back through its weights. */
import { lrp, type Relevance } from '../../analysis/lrp/lrp';
import { type RelevanceMap, relevanceMaps } from '../../analysis/lrp/relevanceMaps';
import { batches } from '../../data/batches';
import { imageTensor } from '../../data/images/batchTensors';
import type { Batch, ImageSet } from '../../data/types';
import { tf } from '../../engine/tf';
import { exportedModel } from '../../export/tfjs/exportedModel';
import type { PageHalf, PageNetworkData } from '../pageData';

/** What a network says of an image. */
export interface Prediction {
  readonly logits: Float32Array;
  /** From the normalised image to the logits in hand. */
  readonly milliseconds: number;
}

/** Relevance that came through one half, or through all channels. */
export interface PageMap extends RelevanceMap {
  readonly of: 'whole' | PageHalf['name'];
  /** Sum over all pixels, in units of the logit. */
  readonly total: number;
}

/** A network that is loaded. */
export interface PageNetwork extends PageNetworkData {
  /** @param image a set of one */
  predict(image: ImageSet): Promise<Prediction>;
  /** The map of the whole network, then those of its halves. @param image a set of one @param ofClass the class whose logit is given back */
  explain(image: ImageSet, ofClass: number): PageMap[];
}

/** Loads the exported model. */
export async function loadPageNetwork(data: PageNetworkData): Promise<PageNetwork> {
  const network = exportedModel(await tf.loadLayersModel(`${data.folder}/model.json`), data.spec);
  const { normalisation, halves } = data;
  return {
    ...data,
    async predict(image) {
      const [batch] = batches(image, { batch: 1, normalisation });
      const x = imageTensor(batch as Batch);
      await x.data(); // uploaded, before time is taken
      const started = performance.now();
      const { logits } = network.forward(x);
      const values = Float32Array.from(await logits.data());
      const milliseconds = performance.now() - started;
      tf.dispose([x, logits]);
      return { logits: values, milliseconds };
    },
    explain(image, ofClass) {
      const options = { normalisation, target: ofClass };
      const parts = halves.map(({ stage, channels }) => lrp(network, image, { ...options, feature: stage, part: channels }));
      const whole = parts.length > 1 ? parts.reduce(sumOf) : lrp(network, image, options);
      const names = ['whole', ...halves.map(({ name }) => name)] as const;
      return relevanceMaps([whole, ...parts]).map(([map], i) => {
        const { values, scale } = map as RelevanceMap;
        return { ...(map as RelevanceMap), of: names[i] as PageMap['of'], total: scale * values.reduce((sum, v) => sum + v, 0) };
      });
    },
  };
}

/** Relevance is linear in that of the map which the halves share: theirs add up to the whole network's. */
const sumOf = (a: Relevance, b: Relevance): Relevance => ({
  ...a,
  relevance: a.relevance.map((value, i) => value + (b.relevance[i] as number)),
});
