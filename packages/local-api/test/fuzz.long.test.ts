// The same, in full.
import './fuzz.test.js'
