// The same, in full.
import './kill.test.js'
