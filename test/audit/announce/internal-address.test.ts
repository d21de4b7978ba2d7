import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isInternalAddress } from '../../../src/audit/announce/internal-address.ts';

it('addresses that are not of the public Internet are told from those that are', () => {
  for (const address of [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.9.9.9'],
    ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1'],
    ...['224.0.0.1', '255.255.255.255', '::', '::1', '::7f00:1', '::ffff:127.0.0.1'],
    ...['::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', '2001::1'],
    ...['fc00::1', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', 'ff02::1'],
    ...['not an address', '', '127.1'],
  ]) {
    assert.equal(isInternalAddress(address), true, address);
  }
  for (const address of [
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.0.1'],
    ...['172.32.0.1', '192.167.1.1', '8.8.8.8', '::ffff:8.8.8.8', '2606:4700:4700::1111'],
    ...['2001:4860:4860::8888', '2a00:1450::1'],
  ]) {
    assert.equal(isInternalAddress(address), false, address);
  }
});
