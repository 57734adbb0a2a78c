// The same, in full.
import './fleet.test.js'
