using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Dns;

/// <summary>What queries travel on: a datagram socket or a connection.</summary>
internal abstract class QueryCarrier
{
    /// <summary>How far a query on it has come.</summary>
    internal abstract FailureStage StageOf(DnsAttempt query);

    /// <summary>Lets go of a query that ends, answered or not; an answer that comes afterwards is a stray.</summary>
    internal abstract void Forget(DnsAttempt query, bool answered);
}
