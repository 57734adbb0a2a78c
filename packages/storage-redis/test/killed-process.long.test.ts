// The same, in full.
import './killed-process.test.js'
