const exportAdvice = (name: string) =>
  `Export it with "yolo export model=${name.endsWith('.onnx') ? 'best.pt' : name} format=onnx".`;

const originalAdvice = () => 'Give the ONNX file that it was made of.';

/** What ONNX files are turned into, and what other tools export. */
const otherFormats = [
  { bytes: /^.{4}ORTM/s, format: "in ONNX Runtime's own format (ORT)", advice: originalAdvice },
  {
    bytes: /^(?:ftrt|ptrt|.{4}\{".*?[fp]trt)/s,
    format: 'a TensorRT engine',
    advice: originalAdvice,
  },
  { bytes: /^\s*(?:<\?xml[^>]*>\s*)?<net\s/, format: 'an OpenVINO model', advice: exportAdvice },
  { bytes: /^.{4}TFL3/s, format: 'a TensorFlow Lite model', advice: exportAdvice },
  { bytes: /^.{4}ET\d\d/s, format: 'an ExecuTorch program', advice: exportAdvice },
  { bytes: /^\x89HDF\r\n/, format: 'an HDF5 file, as Keras writes it', advice: exportAdvice },
  {
    bytes: /^.{8}\{\s*"/s,
    format: 'a safetensors file, weights without a graph',
    advice: exportAdvice,
  },
  { bytes: /^7767517\s/, format: 'an NCNN model', advice: exportAdvice },
] as const;

/**
 * Recognizes other files that people pass instead of ONNX, by their first bytes. The result completes a sentence that begins with the
 * file's name; `undefined` when the file may be ONNX.
 */
export function foreignFileAdvice(bytes: Uint8Array, name: string): string | undefined {
  const head = latin1(bytes.subarray(0, 4096));
  if (head.startsWith('PK\x03\x04')) {
    return head.includes('data.pkl') || /\.pth?$/.test(name)
      ? `is a PyTorch checkpoint, not an ONNX file. ${exportAdvice(name)}`
      : 'is a zip archive, not an ONNX file. Unpack it and give the .onnx file inside.';
  }
  if (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5) {
    return `is a Python pickle (an old PyTorch checkpoint), not an ONNX file. ${exportAdvice(name)}`;
  }
  if (head.startsWith('version https://git-lfs')) {
    return 'is a Git LFS pointer, not the model itself. Fetch the model with "git lfs pull".';
  }
  const other = otherFormats.find(({ bytes: known }) => known.test(head));
  if (other !== undefined) return `is ${other.format}, not an ONNX file. ${other.advice(name)}`;
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|\?xml)/i.test(head)) {
    return 'is a web page, not a model: the download returned a login or error page. Download the file itself.';
  }
  if (isText(bytes.subarray(0, 4096))) {
    return `is a text file, not an ONNX file. ${exportAdvice(name)}`;
  }
  return undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** ONNX begins with a control character (the tag of ir_version, 8) and holds many; text has none but white space. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
