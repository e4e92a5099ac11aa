namespace Kdoctor.Probing.Load;

/// <summary>Places for connections that lie open between the requests of one run, over all its targets. On the loop's thread only.</summary>
/// <param name="places">How many there are.</param>
/// <param name="perTarget">How many of them one target may have.</param>
internal sealed class KeptPlaces(int places, int perTarget)
{
    private int taken;

    internal int PerTarget => perTarget;

    internal bool TryTake()
    {
        if (taken >= places)
            return false;
        taken++;
        return true;
    }

    internal void GiveBack() => taken--;
}
