import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runtimeReason } from '../../../src/model/runtime/runtime-reason.ts';

it('leaves out the file, line and signature that ONNX Runtime puts before its reason', () => {
  const text =
    '/onnxruntime_src/core/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const Config&)::<lambda()> adapter_result.status == Success was false. Failed to get a WebGPU adapter: No supported adapters\n';
  assert.equal(runtimeReason(text), 'Failed to get a WebGPU adapter: No supported adapters');
});

it('keeps any other reason, on one line and without its full stop', () => {
  assert.equal(runtimeReason('no available\n  backend found.'), 'no available backend found');
});

it('reads past a million dots of a name in the reason', () => {
  const dots = '.'.repeat(1_000_000);
  assert.equal(runtimeReason(`no tensor ${dots} here.:`), `no tensor ${dots} here`);
});
