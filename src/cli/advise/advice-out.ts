/** Where the contact sheet goes when nothing is said. */
export const adviceOut = 'layer-advice';
