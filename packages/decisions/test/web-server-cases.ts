import { describe, expect, test } from 'vitest'
import type { ExportFormat } from '../src/export/index.js'
import type { DecisionSet } from '../src/index.js'
import { largeSet, probes, sampleSet, wholeSet } from './exported-sample.js'
import type { WebServer } from './web-server.js'

type Start = (set: DecisionSet, format: ExportFormat) => Promise<WebServer>

/**
 * Tests a server with its own checks and with requests. `answers` has the status that it gives for
 * each remediation which the format says.
 */
export function webServerCases(
  server: string,
  start: Start,
  answers: Partial<Record<ExportFormat, Readonly<Record<string, number>>>>,
): void {
  async function statuses(set: DecisionSet, format: ExportFormat, ips: readonly string[]): Promise<number[]> {
    const running = await start(set, format)
    try {
      return await Promise.all(ips.map((ip) => running.status(ip)))
    } finally {
      await running.stop()
    }
  }

  describe.each(Object.keys(answers) as ExportFormat[])(`${server} with %s, as the guide has it,`, (format) => {
    test('answers every address as check says', async () => {
      const set = await sampleSet()
      const said = new Map(Object.entries(answers[format] ?? {}))
      const expected = probes.map((ip) => said.get(set.check(ip)?.remediation ?? '') ?? 200)
      expect(await statuses(set, format, probes)).toEqual(expected)
      expect(new Set(expected)).toEqual(new Set([200, ...said.values()]))
    })

    test('takes 49,152 networks', async () => {
      const ips = ['198.18.3.4', '198.18.3.5', '2001:db8:7::4', '2001:db8:7::5']
      expect(await statuses(await largeSet(), format, ips)).toEqual([403, 200, 403, 200])
    })

    test('takes the whole of both families', async () => {
      expect(await statuses(await wholeSet(), format, probes)).toEqual(probes.map(() => 403))
    })
  })
}
