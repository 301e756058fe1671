namespace Deployment.Toolkit.Registration;

/// <summary>What the rooms keep of an app's calls, by type, each its own: neither the builder nor another room has to know of it.</summary>
internal sealed class Registrations
{
    private readonly Dictionary<Type, object> _kept = [];
    private readonly Dictionary<Type, List<Action>> _followers = [];

    /// <summary>What is kept under a type; made when it is first asked for.</summary>
    internal T Of<T>()
        where T : class, new()
    {
        if (!_kept.TryGetValue(typeof(T), out var kept))
            _kept.Add(typeof(T), kept = new T());
        return (T)kept;
    }

    /// <summary>Lets a later room act on each call that an earlier one takes, which cannot know of it.</summary>
    internal void Follow<T>(Action act)
        where T : class, new()
    {
        if (!_followers.TryGetValue(typeof(T), out var acts))
            _followers.Add(typeof(T), acts = []);
        acts.Add(act);
    }

    /// <summary>Says that a call was taken.</summary>
    internal void Tell<T>()
        where T : class, new()
    {
        foreach (var act in _followers.GetValueOrDefault(typeof(T), []))
            act();
    }
}
