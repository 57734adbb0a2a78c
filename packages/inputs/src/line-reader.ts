import { InputError, type Signal } from '@cscapi/signals'
import { AddressCheck } from './attacks/address-check.js'
import type { Attack } from './attacks/attack.js'
import { type AttackRules, scenarioOf } from './attacks/attack-rule.js'
import { Attacks } from './attacks/attacks.js'
import { toSignal } from './attacks/to-signal.js'
import type { AttackEvent, FormatReader, Reading, WholeAttack } from './formats/format.js'
import type { NamedFormat } from './formats/format-names.js'
import { isBinary } from './lines/is-binary.js'
import { LONGEST_LINE } from './lines/log-lines.js'
import { whyAhead } from './logs/time-ahead.js'
import { type InputOptions, type ReadOptions, readInputOptions } from './options.js'
import { readSaved, type SavedReader } from './saved-reader.js'

/** An attack that was found. */
export interface FoundSignal {
  /** As `addSignals` of the client takes it. */
  readonly signal: Signal
  /** How many events it stands for. */
  readonly events: number
  /** The lines that its first and its last event were read from, counted from 1. */
  readonly firstLine: number
  /** Not before the first. */
  readonly lastLine: number
}

/** A line, or an attack that begins there, that no signal can be made of. */
export interface RefusedLine {
  /** Counted from 1. */
  readonly line: number
  /** Why, as the rest of a sentence about the line or the attack: `it is binary, no text`. */
  readonly refused: string
}

/** What reading an input gives: a signal, or a line that is refused. */
export type InputItem = FoundSignal | RefusedLine

/** What was read so far. */
export interface InputCounts {
  /** All lines, refused and blank ones too. */
  lines: number
  /** Lines that are no record of this format: another program's, or blank. */
  unused: number
  /** What attackers did, whether it made an attack or not. */
  events: number
  /** Signals that were given. */
  signals: number
  /** Lines and attacks that were refused. */
  refused: number
  /** Attacks that were told of only as far as they went, because too many went on at once. */
  cutShort: number
}

/** Reads lines of one input, one at a time, in a format that is at hand. */
export class LineReader {
  readonly #formatName: NamedFormat['name']
  readonly #options: ReadOptions
  /** What is as long as this, in UTF-16 units, is refused. */
  readonly longestLine: number
  readonly #reader: FormatReader
  readonly #rules: AttackRules
  readonly #attacks: Attacks
  readonly #addresses: AddressCheck
  /** What was read so far; it changes as reading goes on. */
  readonly counts: InputCounts = { lines: 0, unused: 0, events: 0, signals: 0, refused: 0, cutShort: 0 }

  /**
   * @param saved what an earlier reader of the same input and options saved: reading goes on there
   * @throws InputError that names everything that is wrong
   */
  constructor({ name, format }: NamedFormat, options: InputOptions, saved?: unknown) {
    const read = readInputOptions(format, options)
    const before = readSaved(name, saved)
    this.#formatName = name
    this.#options = read
    this.longestLine = format.longestLine ?? LONGEST_LINE
    this.#reader = format.open(read.context, before?.reader)
    this.counts.lines = before?.lines ?? 0
    this.#addresses = new AddressCheck(read)
    this.#rules = new Map(Object.entries({ ...format.attacks, ...this.#reader.attacks }))
    this.#attacks = new Attacks({ rules: this.#rules, windowMs: read.windowMs, saved: before?.attacks })
  }

  /** Takes the next line, without its end, and returns what it shows for certain. */
  read(line: string): InputItem[] {
    this.counts.lines += 1
    const number = this.counts.lines
    if (line.length >= this.longestLine) {
      return [this.#refuse(number, `it has ${this.longestLine.toLocaleString('en-US')} characters or more`)]
    }
    const readings = this.#reader.read(line, number)
    if (readings !== undefined) return this.#take(readings)
    if (isBinary(line)) return [this.#refuse(number, 'it is binary, no text')]
    this.counts.unused += 1
    return []
  }

  /**
   * Nothing that is still to come happened before `at`, epoch milliseconds: returns the attacks
   * that are over by then.
   */
  advance(at: number): InputItem[] {
    const certain = this.#take(this.#reader.advance?.(at) ?? [])
    return [...certain, ...this.#tell(this.#attacks.advance(at))]
  }

  /** The input is over: returns the attacks that were under way. */
  end(): InputItem[] {
    const last = this.#take(this.#reader.end?.() ?? [])
    return [...last, ...this.#tell(this.#attacks.end())]
  }

  /**
   * All that is known of the lines so far and was not told yet, as JSON: with it, a reader that is
   * made later goes on behind the last of them as if it had been this one.
   */
  save(): SavedReader {
    const { lines } = this.counts
    return { format: this.#formatName, lines, attacks: this.#attacks.save(), reader: this.#reader.save?.() ?? null }
  }

  #take(readings: readonly Reading[]): InputItem[] {
    return readings.flatMap((reading) => {
      if ('event' in reading) return this.#takeEvent(reading.event)
      if ('whole' in reading) return this.#tellWhole(reading.whole, reading.whole.line ?? this.counts.lines)
      const line = reading.line ?? this.counts.lines
      if ('refused' in reading) return [this.#refuse(line, reading.refused)]
      const { machine_id: machineId = this.#options.machineId } = reading.signal
      return [this.#found({ ...reading.signal, machine_id: machineId }, 1, line, line)]
    })
  }

  #takeEvent(event: AttackEvent): InputItem[] {
    const line = event.line ?? this.counts.lines
    const address = this.#addresses.read(event.address)
    if (address === undefined) return [this.#refuse(line, 'its address is none')]
    const ahead = whyAhead(event.at, this.#options.context)
    if (ahead !== undefined) return [this.#refuse(line, ahead.refused)]
    this.counts.events += event.times ?? 1
    return this.#tell(this.#attacks.add({ ...event, address }, line))
  }

  #tell(attacks: readonly Attack[]): InputItem[] {
    this.counts.cutShort = this.#attacks.dropped + (this.#reader.dropped ?? 0)
    return attacks.flatMap((attack) => {
      const { name, address, startAt, stopAt, events, firstLine, lastLine, details, isOver } = attack
      const identity = JSON.stringify([name, address, startAt])
      const scenario = scenarioOf(this.#rules, name, isOver)
      return this.#tellWhole({ scenario, address, startAt, stopAt, events, identity, details }, firstLine, lastLine)
    })
  }

  #tellWhole(attack: WholeAttack, firstLine: number, lastLine = firstLine): InputItem[] {
    const scenario = this.#options.scenario(attack.scenario)
    if (scenario === undefined) return []
    const nobody = this.#addresses.whyNobody(attack.address)
    if (nobody !== undefined) return [this.#refuse(firstLine, nobody)]
    const maker = { machineId: this.#options.machineId, format: this.#formatName, now: this.#options.now() }
    try {
      const signal = toSignal({ ...attack, scenario }, maker)
      const ahead = whyAhead(attack.stopAt, this.#options.context)
      if (ahead !== undefined) return [this.#refuse(firstLine, ahead.refused)]
      return [this.#found(signal, attack.events, firstLine, lastLine)]
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return [this.#refuse(firstLine, error.issues.map(({ path, rule }) => `${path} ${rule}`).join('; '))]
    }
  }

  #found(signal: Signal, events: number, firstLine: number, lastLine: number): FoundSignal {
    this.counts.signals += 1
    return { signal, events, firstLine, lastLine }
  }

  #refuse(line: number, refused: string): RefusedLine {
    this.counts.refused += 1
    return { line, refused }
  }
}
