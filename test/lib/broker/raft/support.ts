import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { MetadataLog, type Committed, type MetadataLogOptions } from '../../../../src/lib/broker/raft/index.ts'
import type { MetadataRecord, NewMetadataRecord } from '../../../../src/lib/protocol/internal-records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

export const DIRECTORY = '/data'
export const FOLDER = '/data/__cluster_metadata-0'
export const DIRECTORY_ID = 'xtzWWN4bTjitpL3kfd9s5g'

/** A metadata log with all that it stands on. */
export class Bench {
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  log!: MetadataLog
  /** What was there when the log was opened. */
  loaded: Committed[] = []

  constructor(readonly disk = new MemoryDisk()) {
    disk.makeDirectory(DIRECTORY)
    disk.syncDirectory('/')
  }

  open(options: Partial<MetadataLogOptions> = {}): MetadataLog {
    this.log = MetadataLog.open({
      fileSystem: this.disk,
      directory: DIRECTORY,
      clock: this.clock,
      nodeId: 1,
      directoryIds: [DIRECTORY_ID],
      minInsyncReplicas: 1,
      cleanShutdown: false,
      warn: (line) => this.warnings.push(line),
      ...options,
    })
    this.loaded = [...this.log.load()]
    return this.log
  }

  file(name: string): Buffer {
    return this.disk.readFile(`${FOLDER}/${name}`)!
  }

  /** All records that had taken effect when the log was opened. */
  get records(): MetadataRecord[] {
    return this.loaded.flatMap(({ records }) => records)
  }

  /** Names of the topics among them. */
  get topics(): string[] {
    return this.records.flatMap((record) => (record.type === 'TOPIC_RECORD' ? [record.name] : []))
  }
}

export const topic = (name: string): NewMetadataRecord => ({ type: 'TOPIC_RECORD', name, topicId: TOPIC_ID })
const TOPIC_ID = 'UH04egmcSe6TjoTkcQnhFg'
