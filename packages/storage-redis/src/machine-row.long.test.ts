// The same, in full.
import './machine-row.test.js'
