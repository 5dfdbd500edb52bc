import { newToken, uuidv7 } from '@/domain/ids'
import { db, type Device, enrolledDevice } from '@/storage/db'
import { type Answer, call } from './http'
import { pull } from './pull'
import { takeTurn, type Turn } from './turn'
import { type EnrolAnswer, type EnrolRequest, isEnrolAnswer } from './wire'

/**
 * Enrols this phone with a code. The id and the token are stored before they are shown to the server: when the
 * answer is lost, the same request goes again and the server answers 200. An earlier enrolment stays valid
 * until the new one succeeded.
 */
export async function enrol(code: string, language: string): Promise<Answer<EnrolAnswer>> {
  const pending = await pendingDevice(code)
  const request: EnrolRequest = { code, deviceId: pending.id, token: pending.token }
  const answer = await call('/v1/devices', isEnrolAnswer, {
    method: 'POST',
    language,
    body: JSON.stringify(request),
  })
  if (answer.kind === 'ok') await becomeDevice(pending, answer.data)
  return answer
}

/** Fetches all that this phone may see. It takes the turn of a round that is going on: that is of an earlier enrolment. */
export async function firstPull(
  language: string,
  onProgress: (stored: number) => void,
): Promise<Answer<number>> {
  let answer: Answer<number> = { kind: 'no-network' }
  const work = async (turn: Turn): Promise<void> => {
    const device = await enrolledDevice()
    if (device) answer = await pull({ turn, device, language }, onProgress)
  }
  await takeTurn(work, { byForce: true })
  return answer
}

async function pendingDevice(code: string): Promise<Device> {
  const before = await db.device.get('pending')
  if (before?.code === code) return before
  const pending: Device = {
    key: 'pending',
    id: uuidv7(),
    token: newToken(),
    code,
    volunteer: '',
    municipality: '',
    cursor: null,
    lastContactMs: null,
    standing: 'known',
  }
  await db.device.put(pending)
  return pending
}

async function becomeDevice(pending: Device, answer: EnrolAnswer): Promise<void> {
  const { volunteer, municipality, kofferKey = null } = answer
  const device: Device = { ...pending, key: 'device', volunteer, municipality, kofferKey }
  await db.transaction('rw', db.device, async () => {
    await db.device.put({ ...device, lastContactMs: Date.now() })
    await db.device.delete('pending')
  })
}
