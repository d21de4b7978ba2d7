/** One instruction of a Dockerfile, with its lines joined: `{ word: 'COPY', rest: '--from=build /app /app' }`. */
export interface DockerInstruction {
  readonly word: string;
  readonly rest: string;
}

export interface DockerStage {
  readonly name: string;
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly instructions: readonly DockerInstruction[];
}

/** The stages of a Dockerfile, in order. Knows continued lines, comments and `FROM base AS name`; no heredocs. */
export function parseDockerfile(text: string): DockerStage[] {
  const stages: { name: string; base: string; instructions: DockerInstruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.word !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const [, base, name] = /^(\S+)\s+AS\s+(\S+)$/.exec(instruction.rest) ?? [];
    if (base === undefined || name === undefined) {
      throw new Error(`not "FROM base AS name": ${instruction.rest}`);
    }
    stages.push({ name, base, instructions: [] });
  }
  return stages;
}

function instructionsOf(text: string): DockerInstruction[] {
  const code = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ');
  return code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [word = ''] = line.split(/\s/, 1);
      return { word, rest: line.slice(word.length).trim() };
    });
}
