// Writes docs/schemas: JSON Schema of what eigenfleet sends to others. Run it after a build; then format: npx biome check --write docs/schemas.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { auditVerdictSchema } from '../dist/src/audit/announce/audit-verdict.js';

const place = new URL('../docs/schemas/audit-verdict.schema.json', import.meta.url);
writeFileSync(
  fileURLToPath(place),
  `${JSON.stringify(z.toJSONSchema(auditVerdictSchema), undefined, 2)}\n`,
);
