// What happens at random, in full.
import './following.property.test.js'
