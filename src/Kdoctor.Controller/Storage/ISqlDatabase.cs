using System.Data.Common;

namespace Kdoctor.Controller.Storage;

/// <summary>Work on a connection.</summary>
/// <param name="connection">Open, and used by nobody else meanwhile.</param>
/// <param name="again">Whether the same work was tried before and may have been kept, though its answer was lost.</param>
/// <param name="cancellation">Gives up.</param>
internal delegate Task<T> SqlWork<T>(DbConnection connection, bool again, CancellationToken cancellation);

/// <summary>What differs between the databases that hold rounds: connections, transactions, and what to do when they break.</summary>
internal interface ISqlDatabase : IAsyncDisposable
{
    /// <summary>Appended to a query whose row must not change before the transaction ends.</summary>
    string HoldRow { get; }

    /// <summary>Runs work that only reads.</summary>
    Task<T> ReadAsync<T>(SqlWork<T> work, CancellationToken cancellation);

    /// <summary>Runs work in one transaction: all of it is kept, or, when it throws, nothing.</summary>
    Task<T> ChangeAsync<T>(SqlWork<T> work, CancellationToken cancellation);

    /// <summary>Gives freed space back, where that is not done by itself.</summary>
    Task CompactAsync(CancellationToken cancellation);
}
