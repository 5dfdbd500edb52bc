import { ref } from 'vue'

/** One message that the next screen shows: what just happened. */
export const flash = ref<string | null>(null)
