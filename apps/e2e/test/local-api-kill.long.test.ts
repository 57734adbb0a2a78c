// The same, in full.
import './local-api-kill.test.js'
