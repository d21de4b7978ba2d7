import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Networks that are not the public Internet: this machine, private and shared ones, links (where clouds have their metadata), documentation, tests, multicast and what is
 * reserved. IANA's special-purpose registries (RFC 6890 and successors), and IPv6 networks that lead to IPv4 (NAT64, 6to4, Teredo).
 */
const internal = new BlockList();
for (const network of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]) {
  const [address = '', bits] = network.split('/');
  internal.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
}

/**
 * Whether an IP address is not of the public Internet. What is not an IP address counts as internal.
 *
 * @param address Without brackets; an IPv4 address in IPv6 (`::ffff:10.0.0.1`) is judged by itself.
 */
export function isInternalAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  if (isIPv4(plain)) return internal.check(plain, 'ipv4');
  // Node judges addresses of ::ffff:0:0/96 by the rules for IPv4.
  return !isIPv6(plain) || internal.check(plain, 'ipv6');
}
