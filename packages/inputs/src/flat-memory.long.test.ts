// The same, in full.
import './flat-memory.test.js'
