/** A component whose residual, `||G v - l v|| / l`, is above this is reported as not converged. The residual's float32 floor is 1e-3. */
export const convergedResidual = 1e-2;
