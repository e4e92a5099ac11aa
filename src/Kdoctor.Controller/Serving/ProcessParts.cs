namespace Kdoctor.Controller.Serving;

/// <summary>What a process took up, to be given back in reverse order: what was built on something goes before it.</summary>
internal sealed class ProcessParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = new();

    public T Keep<T>(T part)
        where T : class
    {
        parts.Push(part as IAsyncDisposable ?? new Disposing((IDisposable)part));
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
            await part.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Disposing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
