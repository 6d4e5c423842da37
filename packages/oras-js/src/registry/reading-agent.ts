import type { Agent, AgentOptions } from 'node:http';
import type { Socket } from 'node:net';
import { http, https } from './node-http.ts';
import { SocketReader } from './socket-reader.ts';

/** An agent whose connections read into memory of our own. For direct connections: Node makes those through proxies itself. */
export function readingAgent(protocol: string, options: AgentOptions): Agent {
  const agent = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (connection, callback) => {
    const reader = new SocketReader();
    // Node's types of `createConnection` do not know `onread`; net.connect and tls.connect, which it calls, do.
    const socket = connect({ ...connection, ...{ onread: reader.onread } }, callback);
    if (socket) reader.attach(socket as Socket);
    return socket;
  };
  return agent;
}
