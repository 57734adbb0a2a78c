export { exportDecisions } from './export-decisions.js'
export type { ExportFormat, ExportOptions, ExportReport } from './options.js'
