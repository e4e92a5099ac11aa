using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Echo;

/// <summary>What the connections of one echo share. On the loop's thread only, but for the counts.</summary>
internal sealed class EchoCore : ILoopTenant
{
    // Connection objects kept for later connections.
    private const int RackCapacity = 1024;

    private readonly HashSet<EchoConnection> connections = [];
    private readonly Stack<EchoConnection> rack = [];
    private readonly List<EchoListener> listeners = [];
    private bool stopped;
    private long turnedAway;
    private long requests;
    private long refused;
    private long acceptFailures;
    private long open;

    internal EchoCore(EchoOptions options, EventLoop loop)
    {
        Options = options;
        Loop = loop;
        Answer = new EchoAnswer(options, loop.Time);
        Tasks = new TaskCounts(options.MaxTasks);
        Records = options.Rehearses ? new TaskRecords(options.MaxTasks) : null;
    }

    internal EchoOptions Options { get; }

    internal EventLoop Loop { get; }

    internal EchoAnswer Answer { get; }

    internal RequestHead Head { get; } = new();

    internal TaskCounts Tasks { get; }

    /// <summary>Null where nobody may ask for them.</summary>
    internal TaskRecords? Records { get; }

    /// <summary>Bytes that unfinished requests and untaken answers hold.</summary>
    internal long HeldBytes { get; set; }

    internal EchoCounts Counts => new(
        Volatile.Read(ref open), Volatile.Read(ref turnedAway), Volatile.Read(ref requests), Volatile.Read(ref refused), Volatile.Read(ref acceptFailures));

    internal void Start(List<int> descriptors)
    {
        Loop.Join(this);
        foreach (var descriptor in descriptors)
            listeners.Add(new EchoListener(this, descriptor));
    }

    internal void Stop()
    {
        if (stopped)
            return;
        stopped = true;
        Loop.Leave(this);
        listeners.ForEach(listener => listener.Stop());
        foreach (var connection in connections.ToArray())
            connection.Close();
        rack.Clear();
        Answer.Dispose();
    }

    public void OnLoopStopping() => Stop();

    /// <summary>Takes over an accepted connection.</summary>
    internal void Accept(int descriptor, ReadOnlySpan<byte> peer)
    {
        if (connections.Count >= Options.MaxConnections)
        {
            Volatile.Write(ref turnedAway, turnedAway + 1);
            _ = StreamSocket.Send(descriptor, Answer.WriteRefusal(503));
            StreamSocket.Close(descriptor);
            return;
        }
        var connection = rack.TryPop(out var used) ? used : new EchoConnection(this);
        connections.Add(connection);
        Volatile.Write(ref open, connections.Count);
        var fronted = Options.Fronted?.Find(KernelAddress.Read(peer));
        connection.Begin(descriptor, fronted is null ? peer : new KernelAddress(fronted.Address).Bytes, fronted is { Http2: true });
    }

    internal void Forget(EchoConnection connection)
    {
        connections.Remove(connection);
        Volatile.Write(ref open, connections.Count);
        if (rack.Count < RackCapacity)
            rack.Push(connection);
    }

    internal long CountRequest()
    {
        Volatile.Write(ref requests, requests + 1);
        return requests;
    }

    internal void CountRefusal() => Volatile.Write(ref refused, refused + 1);

    internal void CountAcceptFailure() => Volatile.Write(ref acceptFailures, acceptFailures + 1);
}
