import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redis-server.ts';

export interface LocalCluster {
  /** One for each of the three nodes. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

const slots = 16_384;

/** Three nodes on this machine that share the slots, without replicas; resolves when each of them says that all slots are served. */
export async function startRedisCluster(): Promise<LocalCluster> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '5000'];
  const servers: RedisServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (let node = 0; node < 3; node += 1) {
      servers.push(await startRedis({ appendOnly: false, settings }));
    }
    await join(servers);
    return { urls: servers.map(({ url }) => url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function join(servers: readonly RedisServer[]): Promise<void> {
  const clients = servers.map(({ url }) => new Redis(url));
  try {
    for (const [node, client] of clients.entries()) {
      const first = Math.ceil((slots * node) / clients.length);
      const end = Math.ceil((slots * (node + 1)) / clients.length);
      await client.cluster('SET-CONFIG-EPOCH', node + 1);
      await client.cluster('ADDSLOTSRANGE', first, end - 1);
    }
    for (const { port } of servers) await clients[0]?.cluster('MEET', '127.0.0.1', port);
    await Promise.all(clients.map(serving));
  } finally {
    for (const client of clients) client.disconnect();
  }
}

/** Nodes tell one another in their own time (2 s at the least) and offer nothing to wait on, so this asks until it is so. */
async function serving(client: Redis): Promise<void> {
  for (let asked = 0; asked < 600; asked += 1) {
    const info = String(await client.cluster('INFO'));
    if (/cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info)) return;
    await setTimeout(50);
  }
  throw new Error('the nodes of the Redis cluster did not find one another');
}
