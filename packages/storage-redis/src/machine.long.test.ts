// The same, in full.
import './machine.test.js'
