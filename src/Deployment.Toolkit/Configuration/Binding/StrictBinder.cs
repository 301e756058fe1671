using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Configuration.Binding;

/// <summary>
/// Makes options of a configuration and reports everything that does not fit, where .NET's binder stops at the first fault or drops what
/// it doesn't understand. What could not be bound keeps the type's default, so that the rest can be looked at too.
/// </summary>
[RequiresUnreferencedCode("Binds by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal sealed class StrictBinder(EffectiveConfiguration configuration, BindingFaults faults, Func<SecretReference, string, SecretLookup> secrets)
{
    // Deeper than any settings and far from the end of the stack: a type that contains itself can be configured to any depth.
    private const int DeepestLevel = 64;

    private readonly CollectionBinder _collections = new(configuration, faults);
    private int _level;

    /// <summary>Binds a section, present or not.</summary>
    internal object? Bind(Type type, string section)
    {
        var node = section.Length == 0 ? configuration.Root : configuration.Root.Find(section);
        return BindObject(type, section, node, LayerMask.All, null);
    }

    internal object? BindNode(Type type, string key, ConfigurationNode node, LayerMask mask, object? existing, ArrayMergeAttribute? merge, bool canReplace)
    {
        if (typeof(IConfiguration).IsAssignableFrom(type))
        {
            faults.Misplaced(key, node, mask, "is bound to IConfiguration, which holds no values of this moment. Give the member a type of its own");
            return null;
        }

        if (_level >= DeepestLevel)
        {
            faults.Misplaced(key, node, mask, $"lies deeper than {DeepestLevel} levels. Flatten it");
            return existing;
        }

        _level++;
        try
        {
            if (CollectionShape.Of(type) is { } collection) return _collections.Bind(this, collection, key, node, mask, existing, merge, canReplace);
            return ScalarReader.IsScalar(type) ? BindScalar(type, key, node, mask, existing) : BindObject(type, key, node, mask, existing);
        }
        finally
        {
            _level--;
        }
    }

    private object? BindScalar(Type type, string key, ConfigurationNode node, LayerMask mask, object? existing)
    {
        if (node.Top(mask) is not { } top || !(node.ChildLayers & LayerMask.From(top.Layer) & mask).IsEmpty)
        {
            faults.Misplaced(key, node, mask, $"has keys below it and is a single value ({type.Name}). Write the value at the key itself");
            return existing;
        }

        if (top.Value.Value is not { } text)
        {
            if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null) return null;

            faults.Misplaced(key, node, mask, $"is null, and {type.Name} takes no null. Give it a value or remove the key");
            return existing;
        }

        if (SecretReference.IsReference(text) && Resolve(key, node, mask, ref text) is false) return existing;
        if (ScalarReader.TryRead(type, text, out var value, out var code, out var rule)) return value;

        faults.Invalid(key, node, mask, type, text, code, rule);
        return existing;
    }

    private bool Resolve(string key, ConfigurationNode node, LayerMask mask, ref string text)
    {
        if (!SecretReference.TryParse(text, out var reference))
        {
            faults.Secret(key, node, mask, Codes.SecretReferenceInvalid, "begins like a reference to a secret and is none. Write secret://name or secret://name@version, names of letters, digits, '-', '_' and '.'.");
            return false;
        }

        var found = secrets(reference, key);
        if (found.Value is { } secret)
        {
            text = secret.Reveal();
            return true;
        }

        if (found.Fault is { } fault) faults.Secret(key, node, mask, Codes.SecretUnavailable, $"refers to secret '{reference.Name}', which {fault}");
        return false;
    }

    private object? BindObject(Type type, string key, ConfigurationNode? node, LayerMask mask, object? existing)
    {
        if (node is not null) mask = AboveNull(node, mask);
        var isSet = node is not null && !(node.ChildLayers & mask).IsEmpty;
        if (node?.Top(mask) is { } top && key.Length > 0)
        {
            // A value in one layer and keys in another is no less a slip: the value binds nothing.
            if (top.Value.Value is { Length: > 0 })
            {
                faults.Misplaced(key, node, LayerMask.Of(top.Layer), $"is a single value and holds the keys of {type.Name}. Write those keys below it");
                if (!isSet) return existing;
            }

            if (!isSet && top.Value.Value is null && existing is not null && configuration.Container(top.Layer, node.Path) is null) return null;
        }

        var shape = OptionsShape.Of(type);
        if (existing is null && shape.Constructor is null && !type.IsValueType)
        {
            if (node is not null) faults.Misplaced(key, node, mask, $"is bound to {type.Name}, which has no single public constructor. Give it one, or another type to the member");
            return null;
        }

        var unset = new HashSet<OptionsMember>();
        var arguments = existing is null ? Arguments(shape, key, node, mask, unset) : [];
        if (arguments is null) return null;

        var instance = existing ?? Create(type, shape.Constructor, arguments, key, node, mask);
        if (instance is null) return null;

        foreach (var member in shape.Members.Where(member => member.Parameter is null || existing is not null)) Fill(instance, member, key, node, mask, unset);
        foreach (var member in shape.Members.Where(unset.Contains)) faults.Missing(Key(key, member.Key), node, mask, IsSecret(member));
        if (node is not null) ReportUnknown(type, shape, key, node, mask);
        return instance;
    }

    private void Fill(object instance, OptionsMember member, string key, ConfigurationNode? node, LayerMask mask, HashSet<OptionsMember> unset)
    {
        if (Present(node, member, mask) is not { } child)
        {
            if (member.IsRequired) unset.Add(member);
            else if (HoldsRequired(member)) BindDefault(instance, member, key);
            return;
        }

        var memberKey = Key(key, member.Key);
        var before = Get(instance, member);
        if (!member.CanSet && before is null)
        {
            faults.Misplaced(memberKey, child, mask, $"cannot be set: {member.Name} has no public setter and holds nothing. Give it one");
            return;
        }

        var value = BindNode(member.Type, memberKey, child, mask, before, member.Merge, member.CanSet);
        if (member.CanSet && (value is not null || !member.Type.IsValueType || Nullable.GetUnderlyingType(member.Type) is not null)) Set(instance, member, value, memberKey, child, mask);
    }

    // An object that exists by default and has required members of its own is as incomplete as one that is half configured.
    private void BindDefault(object instance, OptionsMember member, string key)
    {
        if (Get(instance, member) is { } existing) BindObject(member.Type, Key(key, member.Key), null, LayerMask.All, existing);
    }

    private bool HoldsRequired(OptionsMember member) =>
        _level < DeepestLevel && member.Property is not null && !ScalarReader.IsScalar(member.Type) && CollectionShape.Of(member.Type) is null
        && member.Type is { IsAbstract: false, IsInterface: false } && OptionsShape.Of(member.Type).Members.Any(static inner => inner.IsRequired && inner.Parameter is null);

    private object?[]? Arguments(OptionsShape shape, string key, ConfigurationNode? node, LayerMask mask, HashSet<OptionsMember> unset)
    {
        var parameters = shape.Constructor?.GetParameters() ?? [];
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var member = shape.Members.First(member => member.Parameter == parameters[i]);
            var fallback = parameters[i].HasDefaultValue ? parameters[i].DefaultValue : DefaultOf(parameters[i].ParameterType);
            if (Present(node, member, mask) is { } child) arguments[i] = BindNode(member.Type, Key(key, member.Key), child, mask, null, member.Merge, canReplace: true) ?? fallback;
            else if (member.IsRequired) unset.Add(member);
            arguments[i] ??= fallback;
        }

        return arguments;
    }

    private object? Create(Type type, ConstructorInfo? constructor, object?[] arguments, string key, ConfigurationNode? node, LayerMask mask)
    {
        try
        {
            return constructor is null ? Activator.CreateInstance(type) : constructor.Invoke(arguments);
        }
        catch (TargetInvocationException e)
        {
            Refused(key, node, mask, e, $"A new {type.Name}");
            return null;
        }
    }

    private void Set(object instance, OptionsMember member, object? value, string key, ConfigurationNode node, LayerMask mask)
    {
        try
        {
            member.Property!.SetValue(instance, value);
        }
        catch (TargetInvocationException e)
        {
            Refused(key, node, mask, e, member.Name);
        }
    }

    // The type's own words may repeat the value that it refuses.
    private void Refused(string key, ConfigurationNode? node, LayerMask mask, TargetInvocationException e, string subject)
    {
        if (node is null || faults.Concerns(key)) return;

        var reason = SecretNames.MayHold(key) ? e.InnerException!.GetType().Name : e.InnerException!.Message.TrimEnd('.');
        faults.Misplaced(key, node, mask, $"was refused by the options type: {subject} throws {reason}. Correct the value");
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
        if (key.Length == 0) return;

        foreach (var child in node.Children.Where(child => !(child.Layers & mask).IsEmpty && shape.Find(child.Name) is null))
        {
            var near = Suggestion.For(child.Name, shape.Members.Select(static member => member.Key));
            faults.Unknown(Key(key, child.Name), child, mask, type, near is null ? null : Key(key, near));
        }
    }

    /// <summary>The layers above the last one that says null here: null clears what weaker layers say.</summary>
    private LayerMask AboveNull(ConfigurationNode node, LayerMask mask)
    {
        for (var i = node.Occurrences.Count - 1; i >= 0; i--)
        {
            var occurrence = node.Occurrences[i];
            if (mask.Has(occurrence.Layer) && occurrence.Value.Value is null && configuration.Container(occurrence.Layer, node.Path) is null && node.Path.Length > 0)
                return mask & LayerMask.From(occurrence.Layer);
        }

        return mask;
    }

    private static ConfigurationNode? Present(ConfigurationNode? node, OptionsMember member, LayerMask mask) =>
        node?.Child(member.Key) is { } child && !(child.Layers & mask).IsEmpty ? child : null;

    private static bool IsSecret(OptionsMember member) => member.Type == typeof(Secret) || SecretNames.Match(member.Key);

    private static string Key(string parent, string name) => parent.Length == 0 ? name : ConfigurationPath.Combine(parent, name);

    private static object? DefaultOf(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
