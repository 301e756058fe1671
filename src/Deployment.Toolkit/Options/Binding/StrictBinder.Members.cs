using System.Reflection;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>Members, one by one.</summary>
internal sealed partial class StrictBinder
{
    // As .NET does it: what a constructor takes and a setter too is given to both.
    private void SetAgain(object instance, OptionsShape shape, object?[] arguments, string key, ConfigurationNode? node, LayerMask mask)
    {
        foreach (
            var member in shape.Members.Where(static member =>
                member is { Parameter: not null, CanSet: true } && ScalarReader.IsScalar(member.Type)
            )
        )
        {
            if (Present(node, member, mask) is { } child && member.Property!.PropertyType == member.Type)
                Set(instance, member, arguments[member.Parameter!.Position], Key(key, member.Key), child, mask);
        }
    }

    private static void Carry(object from, object to, OptionsShape shape)
    {
        foreach (var member in shape.Members.Where(static member => member is { Parameter: null, CanSet: true }))
            member.Property!.SetValue(to, Get(from, member));
    }

    private void Fill(
        object instance,
        OptionsMember member,
        string key,
        ConfigurationNode? node,
        LayerMask mask,
        HashSet<OptionsMember> unset
    )
    {
        if (Present(node, member, mask) is not { } child)
        {
            if (member.IsRequired)
                unset.Add(member);
            else if (HoldsRequired(member))
                BindDefault(instance, member, key);
            return;
        }

        var memberKey = Key(key, member.Key);
        var before = Get(instance, member);
        if (!member.CanSet && before is null)
        {
            faults.Misplaced(memberKey, child, mask, $"cannot be set: {member.Name} has no public setter and holds nothing. Give it one");
            return;
        }

        var value = BindNode(member.Type, memberKey, child, mask, before, member, member.CanSet);
        if (member.CanSet && (value is not null || !member.Type.IsValueType || Nullable.GetUnderlyingType(member.Type) is not null))
            Set(instance, member, value, memberKey, child, mask);
    }

    // An object that exists by default and has required members of its own is as incomplete as one that is half configured. One whose
    // getter makes another of its kind has no end, so each type is looked into once on the way down.
    private void BindDefault(object instance, OptionsMember member, string key)
    {
        if (Get(instance, member) is not { } existing || !_defaults.Add(existing.GetType()))
            return;

        _level++;
        BindObject(member.Type, Key(key, member.Key), null, LayerMask.All, existing, canReplace: false, isElement: false);
        _level--;
        _defaults.Remove(existing.GetType());
    }

    private bool HoldsRequired(OptionsMember member) =>
        _level < DeepestLevel
        && member.Property is not null
        && !ScalarReader.IsScalar(member.Type)
        && CollectionShape.Of(member.Type) is null
        && member.Type is { IsAbstract: false, IsInterface: false }
        && !FrameworkTypes.Contains(member.Type)
        && OptionsShape.Of(member.Type).Members.Any(static inner => inner.IsRequired && inner.Parameter is null);

    private void Set(object instance, OptionsMember member, object? value, string key, ConfigurationNode node, LayerMask mask)
    {
        try
        {
            member.Property!.SetValue(instance, value);
        }
        catch (Exception e) when (e is TargetInvocationException or ArgumentException)
        {
            Refused(key, node, mask, e, member.Name);
        }
    }

    private static object? Get(object instance, OptionsMember member)
    {
        try
        {
            return member.Property!.GetValue(instance);
        }
        catch (TargetInvocationException)
        {
            // A property that cannot be read before it is set has nothing to keep.
            return null;
        }
    }

    private void ReportUnknown(Type type, OptionsShape shape, string key, ConfigurationNode node, LayerMask mask)
    {
        if (key.Length == 0)
            return;

        foreach (var child in node.Children.Where(child => !(child.Layers & mask).IsEmpty && shape.Find(child.Name) is null))
        {
            var childKey = Key(key, child.Name);
            if (isKnownElsewhere(childKey))
                continue;

            faults.Unknown(
                childKey,
                child,
                mask,
                type.GetProperty(child.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { } closed
                    ? $"{TypeName.Of(type)}.{closed.Name} has no public setter"
                    : $"{TypeName.Of(type)} has no such member",
                () => Suggestion.For(child.Name, shape.Members.Select(static member => member.Key)) is { } near ? Key(key, near) : null
            );
        }
    }

    private static ConfigurationNode? Present(ConfigurationNode? node, OptionsMember member, LayerMask mask) =>
        node?.Child(member.Key) is { } child && !(child.Layers & mask).IsEmpty ? child : null;

    private static bool IsSecret(OptionsMember member) => member.Type == typeof(Secret) || SecretNames.Match(member.Key);
}
