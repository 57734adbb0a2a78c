// The same, in full.
import './pull-kill.test.js'
