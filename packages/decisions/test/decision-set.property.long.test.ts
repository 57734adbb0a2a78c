// The same, in full.
import './decision-set.property.test.js'
