/** Distributions of class evidence, in the order in which columns have them. */
export const evidenceParts = ['share', 'area', 'ceiling', 'lift', 'attainable'] as const;
