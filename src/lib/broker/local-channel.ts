import type { Api } from '../protocol/api.ts'
import { Reader } from '../protocol/bytes.ts'
import { encodeRequest, readResponse } from '../protocol/frame.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import type { Dispatcher } from './dispatch.ts'
import { ANONYMOUS, type Connection } from './handle.ts'
import type { ControllerChannel } from './network/controller-channel.ts'

const CONNECTION: Connection = {
  listener: '',
  securityProtocol: 'PLAINTEXT',
  principal: ANONYMOUS,
  clientHost: '/127.0.0.1',
  isOwn: true,
}
/** A frame begins with its length; an answer has the number of its request next. */
const LENGTH_BYTES = 4
const CORRELATION_ID_BYTES = 4

/** Asks the controller of this process, by the same messages as brokers of other processes do. */
export class LocalChannel implements ControllerChannel {
  private readonly dispatcher: () => Dispatcher | Promise<Dispatcher>

  constructor(dispatcher: () => Dispatcher | Promise<Dispatcher>) {
    this.dispatcher = dispatcher
  }

  async ask<Q extends Fields, S extends Fields>(api: Api<Q, S>, request: Input<Message<Q>>): Promise<Message<S>> {
    const frame = Buffer.concat(encodeRequest(api, api.maxVersion, 0, null, request)).subarray(LENGTH_BYTES)
    const dispatcher = await this.dispatcher()
    const reply = await dispatcher.dispatch(frame, CONNECTION)
    return readResponse(api, api.maxVersion, new Reader(Buffer.concat(reply!), LENGTH_BYTES + CORRELATION_ID_BYTES))
  }
}
