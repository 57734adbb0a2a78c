// The same, in full.
import './shutdown-process.test.js'
