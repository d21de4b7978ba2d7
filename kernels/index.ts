export { alignment, areFinite, peaks, toBytes } from './evidence';
export { toFloat16 } from './float16';
export { frame, levels } from './frames';
export { sampleRow } from './input';
export { addWeighted, combine, dotRows, normalize, sample, scale, sumUnder, sumWithNorm } from './maps';
export { edgesAcross, edgesDown, sampleSigns, signs } from './masks';
export { sumEntropy, sumHeat, sumProducts } from './measures';
export { studentize, studentizePair } from './resampling';
export { halvePlane, mixRow, pickRow, splitPlanes } from './pixels';
