// The same, in full.
import './group-commit-kill.test.js'
