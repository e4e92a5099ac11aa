using Kdoctor.Tests.EndToEnd;
using Kdoctor.Tests.Turns;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Kdoctor.Tests.Turns;

/// <summary>
/// Tests that wait for rounds and deadlines begin before all others: they hardly use the processor, and none of them is left running alone at the end.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Longest = [typeof(KillTests), typeof(JoinTests), typeof(RunTests), typeof(TakeoverTests), typeof(ExampleTests), typeof(FaultTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(PlaceOf)];

    // A class without a collection of its own choice has one that bears its name.
    private static int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(Longest, type => collection.TestCollectionDisplayName.Contains($" {type.FullName} ", StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
