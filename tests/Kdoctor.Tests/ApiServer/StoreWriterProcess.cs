using System.Diagnostics;
using System.Runtime.CompilerServices;
using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.Contract;

namespace Kdoctor.Tests.ApiServer;

/// <summary>This test program as a process that writes to a store and says so, until it is killed.</summary>
internal static class StoreWriterProcess
{
    private const string Variable = "KDOCTOR_TEST_STORE_WRITER";

    public static Process Start(string file) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
    {
        RedirectStandardOutput = true,
        Environment = { [Variable] = file },
    })!;

    /// <summary>Turns the program into the writer before it becomes a test runner.</summary>
    [ModuleInitializer]
    internal static void Become()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } file) return;
        using var store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = file });
        var resource = store.Resource(ContractFiles.NetReach);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (var next = store.ResourceVersion + 1; ; next++)
        {
            var stored = resource.CreateAsync(StoreSamples.Item("n" + next, new string('x', 500)), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            output.Write($"{stored.Value!.Name} {stored.Value.ResourceVersion}\n");
        }
    }
}
