// Types of the bundle, by hand: only what our screens use. Signals here are those of @preact/signals.
export type Child = VNode | string | number | boolean | null | undefined | Signal<any> | Child[]
export interface VNode<P = any> { type: any; props: P; key: any }
export type View<P = {}> = (props: P & { children?: any }) => Child
export interface Ref<T> { current: T }
export interface Signal<T = any> { value: T; peek(): T; subscribe(fn: (value: T) => void): () => void }
export interface ReadonlySignal<T = any> { readonly value: T; peek(): T; subscribe(fn: (value: T) => void): () => void }
export interface Context<T> { Provider: View<{ value: T }>; Consumer: View<any> }

export function h(type: any, props?: Record<string, any> | null, ...children: any[]): VNode
export function html(strings: TemplateStringsArray, ...values: any[]): VNode
export function render(vnode: Child, parent: any): void
export const options: { vnode?: (vnode: VNode) => void }
export const Fragment: View<any>
export function createContext<T>(value: T): Context<T>
export function createRef<T = any>(): Ref<T | null>
export function toChildArray(children: any): any[]
export class Component<P = any, S = any> {
  constructor(props?: P)
  props: P
  state: S
  setState(change: Partial<S>): void
  forceUpdate(): void
  render(props: P, state: S): Child
}

export function useState<T>(start: T | (() => T)): [T, (next: T | ((last: T) => T)) => void]
export function useReducer<S, A>(reducer: (state: S, action: A) => S, start: S): [S, (action: A) => void]
export function useReducer<S, A, I>(reducer: (state: S, action: A) => S, start: I, make: (start: I) => S): [S, (action: A) => void]
export function useEffect(run: () => void | (() => void), on?: readonly unknown[]): void
export function useLayoutEffect(run: () => void | (() => void), on?: readonly unknown[]): void
export function useRef<T>(start: T): Ref<T>
export function useRef<T>(start?: null): Ref<T | null>
export function useMemo<T>(make: () => T, on: readonly unknown[]): T
export function useCallback<F extends (...args: any[]) => any>(fn: F, on: readonly unknown[]): F
export function useContext<T>(context: Context<T>): T
export function useId(): string
export function useErrorBoundary(seen?: (error: any) => void): [any, () => void]

export function signal<T>(value: T): Signal<T>
export function signal<T = undefined>(): Signal<T | undefined>
export function computed<T>(make: () => T): ReadonlySignal<T>
export function effect(run: () => void | (() => void)): () => void
export function batch<T>(run: () => T): T
export function untracked<T>(run: () => T): T
export function useSignal<T>(value: T): Signal<T>
export function useComputed<T>(make: () => T): ReadonlySignal<T>
export function useSignalEffect(run: () => void | (() => void)): void
